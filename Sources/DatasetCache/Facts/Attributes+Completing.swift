internal import DatasetModel

extension Attributes {
    /// These attributes, with the other's where these say nothing.
    func completed(by other: Attributes) -> Attributes {
        var result = self
        result.description = description ?? other.description
        result.tags = tags.isEmpty ? other.tags : tags
        result.id = id ?? other.id
        result.datasetID = datasetID ?? other.datasetID
        result.parentID = parentID ?? other.parentID
        result.projectID = projectID ?? other.projectID
        result.alias = alias ?? other.alias
        result.status = status ?? other.status
        result.storageType = storageType ?? other.storageType
        result.contentType = contentType ?? other.contentType
        result.owner = owner ?? other.owner
        result.share = share ?? other.share
        result.originURL = originURL ?? other.originURL
        result.mediaType = mediaType ?? other.mediaType
        result.isCollection = isCollection ?? other.isCollection
        result.digests.md5 = digests.md5 ?? other.digests.md5
        result.digests.crc32c = digests.crc32c ?? other.digests.crc32c
        result.digests.sha256 = digests.sha256 ?? other.digests.sha256
        result.digests.etag = digests.etag ?? other.digests.etag
        result.metadata.merge(other.metadata) { own, _ in own }
        return result
    }

    /// Something that both say is said differently.
    func contradicts(_ other: Attributes) -> Bool {
        completed(by: other) != other.completed(by: self)
    }
}
