internal import DatasetTestSupport

/// Runs `body` with a mounted tree that can be written; it is gone afterwards. Answers the server's last line.
@discardableResult
func withMemoryMount(
    _ options: String...,
    body: (TinyMount) async throws -> Void
) async throws -> String {
    let mount = try await onThread { () throws in try TinyMount(["--memory"] + options) }
    try await body(mount)
    return try await onThread { () throws in try mount.end() }
}

extension TinyMount {
    /// Runs a Python program in the mount's directory and answers what it printed, trimmed; stderr is added when it failed.
    ///
    /// It finds `name(f, *a)`: the call's answer or its errno's name, `log()`: the calls that the server had since the last
    /// `log()`, one each, and `control(path, attribute, value)`.
    func python(_ program: String, within limit: Duration = .seconds(60)) async throws -> String {
        let prelude = """
            import ctypes,errno,fcntl,mmap,os,signal,socket,stat,struct,sys,threading,time
            os.chdir('\(path)')
            libc=ctypes.CDLL(None,use_errno=True)
            def name(f,*a):
                try: return f(*a)
                except OSError as e: return errno.errorcode[e.errno]
            def call(f,*a):
                ctypes.set_errno(0)
                r=f(*a)
                return errno.errorcode[ctypes.get_errno()] if r==-1 else r
            def control(path,attribute,value): os.setxattr(path,'user.'+attribute,value.encode())
            def seen(attribute): return os.getxattr('.','user.'+attribute).decode()
            def log(*only):
                lines=seen('log').split('\\n'); control('.','log','1')
                return ', '.join(l for l in lines if l.split(' ')[0] in only or not only)
            def until(f):
                while not f(): time.sleep(0.005)

            """
        let result = try await runProgram("python3", ["-c", prelude + program], within: limit)
        let text = result.isSuccess ? result.output : "\(result.output)\(result.error)[\(result.status)]"
        return String(text.reversed().drop(while: { $0 == "\n" }).reversed())
    }
}
