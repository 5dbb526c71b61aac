/// The header that tells a client how to call a download (RFC 6266).
enum ContentDisposition {
    static func header(_ filename: String) -> String {
        var plain = ""
        for scalar in filename.unicodeScalars {
            let isSafe =
                scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
                && !"\"\\".unicodeScalars.contains(scalar)
            plain.unicodeScalars.append(isSafe ? scalar : "_")
        }
        let extended = plain == filename ? "" : "; filename*=UTF-8''\(URLSigner.percentEncoded(filename))"
        return "attachment\(extended); filename=\"\(plain)\""
    }
}
