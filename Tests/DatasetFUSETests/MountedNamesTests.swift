internal import DatasetTestSupport
internal import Testing

@Suite("Names on a mount that change", .enabled(if: TinyMount.isPossible, "there is no usable /dev/fuse"))
struct MountedNamesTests {
    @Test("rename replaces, refuses to replace or exchanges, as it was told")
    func renaming() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                def put(n,t): open(n,'w').write(t)
                def get(n): return open(n).read()
                def move(a,b,flags): return call(libc.renameat2,-100,a.encode(),-100,b.encode(),flags)
                put('a','1'); put('b','2'); os.mkdir('d')
                print(move('a','b',1),move('a','c',1),name(os.stat,'a'),get('c'))
                print(move('c','b',2),get('c'),get('b'),move('c','none',2))
                print(move('c','d/b',4),move('c','d/b',0),get('d/b'),sorted(os.listdir('.')))
                os.rename('d/b','b'); print(get('b'),os.listdir('d'),sorted(os.listdir('.')))
                os.mkdir('e'); put('e/f','3'); print(name(os.rename,'d','e'),name(os.rename,'e','d'),get('d/f'),sorted(os.listdir('.')))
                print(name(os.rename,'d','d/x'),name(os.rename,'b','d'),name(os.rename,'d','b'))
                print(log('rename'))
                """
            )
            #expect(
                answer == """
                    EEXIST 0 ENOENT 1
                    0 2 1 ENOENT
                    EINVAL 0 2 ['b', 'd']
                    2 [] ['b', 'd']
                    ENOTEMPTY None 3 ['b', 'd']
                    EINVAL EISDIR ENOTDIR
                    rename a c mustBeFree, rename c b exchanges, rename c b replaces, rename b b replaces, \
                    rename d e replaces, rename e d replaces
                    """
            )
        }
    }

    @Test("what was unlinked or replaced goes on for who has it open")
    func unlinking() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                f=os.open('a',os.O_CREAT|os.O_RDWR); os.write(f,b'one'); os.unlink('a')
                print(name(os.stat,'a'),os.fstat(f).st_nlink,os.write(f,b'two'),os.pread(f,9,0))
                os.ftruncate(f,4); print(os.fstat(f).st_size); os.close(f)
                g=os.open('b',os.O_CREAT|os.O_RDWR); os.write(g,b'old'); open('t','w').write('new'); os.rename('t','b')
                print(os.pread(g,9,0),open('b').read(),os.fstat(g).st_nlink); os.write(g,b'er')
                print(os.pread(g,9,0),open('b').read()); os.close(g)
                os.mkdir('d'); open('d/x','w'); print(name(os.rmdir,'d'),name(os.unlink,'d'),name(os.rmdir,'d/x'))
                os.unlink('d/x'); d=os.open('d',os.O_RDONLY); os.rmdir('d'); print(name(os.open,'d/y',os.O_CREAT),os.listdir(d))
                """
            )
            #expect(
                answer == """
                    ENOENT 0 3 b'onetwo'
                    4
                    b'old' new 0
                    b'older' new
                    ENOTEMPTY EISDIR ENOTDIR
                    ENOENT []
                    """
            )
        }
    }

    @Test("a directory can be emptied and filled while it is listed")
    func listing() async throws {
        try await withMemoryMount { mount async throws in
            let answer = try await mount.python(
                """
                for n in range(1500): os.close(os.open('f%d'%n,os.O_CREAT|os.O_WRONLY))
                seen=0 # Names that it makes itself are directories, which it leaves alone.
                for e in os.scandir('.'): seen+=1; name(os.unlink,e.name); seen<50 and os.mkdir('d'+e.name)
                print(seen>=1500,sum(n[0]=='f' for n in os.listdir('.')),sum(n[0]=='d' for n in os.listdir('.')))
                """
            )
            #expect(answer == "True 0 49")
        }
    }
}
