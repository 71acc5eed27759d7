import Foundation

/// A question on the terminal.
enum Prompt {
    /// Whether there is a terminal to ask at.
    static var isPossible: Bool { isatty(FileHandle.standardInput.fileDescriptor) == 1 }

    /// Asks for a line, and takes white space from its ends; nil at the end of the input.
    static func line(_ question: String) -> String? {
        printToStandardError(question, terminator: " ")
        return readLine()?.trimmingCharacters(in: .whitespaces)
    }

    /// Asks for a secret, which is not shown while it is typed.
    ///
    /// - Throws: ``Failure`` without a terminal.
    static func secret(_ question: String) throws -> String {
        guard isPossible else {
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
