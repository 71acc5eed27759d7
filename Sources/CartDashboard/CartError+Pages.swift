import CartCore

extension CartError {
    static let noPage = CartError(.routeNotFound, "No page has this address.")
    static let foreignForm = CartError(
        .permissionDenied, "The form is not one of this session. Open the page again and send it once more.",
        hiddenReason: "form without the session's token")
}
