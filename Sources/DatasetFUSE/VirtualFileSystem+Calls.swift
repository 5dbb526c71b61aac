package import DatasetVFS

// The file system's own methods are the answers: nothing lies between them and the kernel's questions.
extension VirtualFileSystem: FileSystemCalls {}
