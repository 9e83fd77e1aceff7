import Signaling

/// Somebody who has logged in, anonymously or not.
struct BaasUser: Equatable {
    var id: [UInt8]
    /// nil for anonymous users.
    var email: [UInt8]?
    /// JSON text of what was given when the account was made.
    var option = Array("null".utf8)

    /// As callbacks get it.
    var json: [UInt8] {
        var out = Array(#"{"id":"#.utf8) + JSONText.quoted(self.id)
        if let email {
            out += Array(#","email":"#.utf8) + JSONText.quoted(email) + Array(#","option":"#.utf8) + self.option
        }
        return out + [UInt8(ascii: "}")]
    }
}
