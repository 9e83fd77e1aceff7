import NIOCore
import NIOHTTP1

/// The conference page and what it loads, as the servers that speak Engine.IO hand them out.
enum ConferencePage {
    /// Answers a request for one of the page's files.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - backend: the backend of the server that was asked, which the page speaks unless its address says otherwise.
    /// - Returns: nil when none of the files has that path.
    static func answer(_ request: HTTPRequest, backend: String) -> HTTPResponse? {
        let file: (type: String, text: String)
        switch request.path {
        case "/": file = ("text/html", Self.page(backend))
        case "/conference.css": file = ("text/css", PackageResources.conference_css)
        case "/conference.js": file = ("text/javascript", PackageResources.conference_js)
        case "/negotiation.js": file = ("text/javascript", PackageResources.negotiation_js)
        case "/socketio.js": file = ("text/javascript", PackageResources.socketio_js)
        case "/milkcocoa.js": file = ("text/javascript", PackageResources.milkcocoa_js)
        default: return nil
        }
        guard request.head.method == .GET || request.head.method == .HEAD else {
            return .text("GET only\n", status: .methodNotAllowed)
        }
        var response = HTTPResponse(
            status: .ok, type: "\(file.type); charset=utf-8", body: ByteBuffer(string: file.text))
        // Pages of other origins load the SDK from here. A request that names its origin is answered with that one.
        if request.head.headers["Origin"].isEmpty { response.headers = [("Access-Control-Allow-Origin", "*")] }
        return response
    }

    /// The page names the backend of the server that it came from.
    private static func page(_ backend: String) -> String {
        PackageResources.conference_html.replacing("data-backend=\"baas\"", with: "data-backend=\"\(backend)\"")
    }
}
