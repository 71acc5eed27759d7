import Foundation

/// A question on the terminal.
enum Prompt {
    /// Asks for a secret, which is not shown while it is typed.
    ///
    /// - Throws: ``Failure`` without a terminal.
    static func secret(_ question: String) throws -> String {
        guard isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            throw Failure("There is no terminal to ask for the password; give it on stdin with --password-stdin.")
        }
        guard let typed = getpass(question) else { throw Failure("No password was given.") }
        return String(cString: typed)
    }
}

/// Why a command was not done; its text is all that is printed, and the exit code is 1.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
