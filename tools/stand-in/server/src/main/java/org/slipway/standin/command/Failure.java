package org.slipway.standin.command;

import de.bwaldvogel.mongo.exception.MongoServerError;

/** mongod's errors that this server plays, with their documented codes and names. */
public final class Failure {

    private Failure() {}

    public static MongoServerError badValue(String message) {
        return new MongoServerError(2, "BadValue", message);
    }

    public static MongoServerError unauthorized(String message) {
        return new MongoServerError(13, "Unauthorized", message);
    }

    public static MongoServerError authenticationFailed() {
        return new MongoServerError(18, "AuthenticationFailed", "Authentication failed.");
    }

    public static MongoServerError userNotFound(String user) {
        return new MongoServerError(11, "UserNotFound", "Could not find user: " + user);
    }

    public static MongoServerError illegalOperation(String message) {
        return new MongoServerError(20, "IllegalOperation", message);
    }

    public static MongoServerError namespaceNotFound(String message) {
        return new MongoServerError(26, "NamespaceNotFound", message);
    }

    public static MongoServerError roleNotFound(String role) {
        return new MongoServerError(31, "RoleNotFound", "Could not find role: " + role);
    }

    public static MongoServerError cursorNotFound(long id) {
        return new MongoServerError(43, "CursorNotFound", "cursor id " + id + " not found");
    }

    public static MongoServerError invalidRoleModification(String message) {
        return new MongoServerError(49, "InvalidRoleModification", message);
    }

    public static MongoServerError commandNotFound(String command) {
        return new MongoServerError(59, "CommandNotFound", "no such command: '" + command + "'");
    }

    public static MongoServerError invalidOptions(String message) {
        return new MongoServerError(72, "InvalidOptions", message);
    }

    public static MongoServerError userWritesBlocked(String reason) {
        return new MongoServerError(371, "UserWritesBlocked", "User writes blocked, reason: " + reason);
    }

    public static MongoServerError missingField(String command, String field) {
        return new MongoServerError(40414, "BSON field '" + command + "." + field + "' is missing but a required field");
    }

    public static MongoServerError adminOnly(String command) {
        return unauthorized(command + " may only be run against the admin database.");
    }
}
