internal import DatasetSync

/// Work that several threads do and one takes, in the order in which it was given.
final class OrderedWork<Job: Sendable, Product: Sendable>: Sendable {
    private let pool: WorkerPool
    private let run: @Sendable (Job) throws(ArchiveError) -> Product
    private let products = Monitor<[Int: Result<Product, ArchiveError>]>([:])

    /// - Parameter capacity: Jobs that are given and not taken yet, at most.
    init(threads: Int, capacity: Int, _ run: @escaping @Sendable (Job) throws(ArchiveError) -> Product) {
        self.run = run
        pool = WorkerPool(name: "zip", threads: threads, capacity: capacity)
    }

    /// - Parameter number: Its place in the order.
    func give(_ job: Job, number: Int) {
        let (run, products) = (run, products)
        let work: @Sendable () -> Void = {
            let product: Result<Product, ArchiveError>
            do throws(ArchiveError) {
                product = .success(try run(job))
            } catch {
                product = .failure(error)
            }
            products.update { $0[number] = product }
        }
        // Without a thread, or without room, the giver does it.
        if !pool.submit(work) { work() }
    }

    /// Waits for a product.
    ///
    /// - Returns: Nil when `cancellation` ended the wait.
    @available(*, noasync, message: "this blocks the calling thread")
    func take(_ number: Int, until cancellation: Cancellation) -> Result<Product, ArchiveError>? {
        products.wait(until: cancellation) { $0.removeValue(forKey: number) }
    }

    /// Drops what has not begun and waits for what has.
    @available(*, noasync, message: "this blocks the calling thread")
    func shutDown() {
        pool.shutDown()
    }
}
