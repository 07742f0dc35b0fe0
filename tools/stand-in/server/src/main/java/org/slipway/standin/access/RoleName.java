package org.slipway.standin.access;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slipway.standin.command.Failure;

/** Name of a role or of a user, in the database that defines it. */
public record RoleName(String name, String db) {

    /** Reads a name, or a document with `field` and `db`. */
    public static RoleName parse(Object value, String field, String defaultDb) {
        if (value instanceof String name) return new RoleName(name, defaultDb);
        if (value instanceof Document document && document.get(field) instanceof String name && document.get("db") instanceof String db) {
            return new RoleName(name, db);
        }
        throw Failure.badValue("a name, or a document with \"" + field + "\" and \"db\", was expected");
    }

    public static List<RoleName> parseRoles(Object value, String defaultDb) {
        if (!(value instanceof Collection<?> items)) throw Failure.badValue("\"roles\" must be an array");
        List<RoleName> names = new ArrayList<>();
        for (Object item : items) {
            RoleName name = parse(item, "role", defaultDb);
            if (!names.contains(name)) names.add(name);
        }
        return List.copyOf(names);
    }

    public Document asRole() {
        return new Document("role", name).append("db", db);
    }

    @Override
    public String toString() {
        return name + "@" + db;
    }
}
