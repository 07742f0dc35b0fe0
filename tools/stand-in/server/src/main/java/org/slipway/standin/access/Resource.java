package org.slipway.standin.access;

import de.bwaldvogel.mongo.bson.Document;
import org.slipway.standin.command.Failure;

/** What a privilege is about: the cluster, everything, or a database and collection, where an empty name means each. */
public record Resource(Kind kind, String db, String collection) {

    public enum Kind {
        CLUSTER,
        ANY,
        NAMESPACE,
    }

    public static final Resource CLUSTER = new Resource(Kind.CLUSTER, "", "");
    public static final Resource ANY = new Resource(Kind.ANY, "", "");

    public static Resource of(String db, String collection) {
        return new Resource(Kind.NAMESPACE, db, collection);
    }

    public static Resource parse(Object value) {
        if (value instanceof Document document) {
            if (Boolean.TRUE.equals(document.get("cluster"))) return CLUSTER;
            if (Boolean.TRUE.equals(document.get("anyResource"))) return ANY;
            if (document.get("db") instanceof String db && document.get("collection") instanceof String collection) return of(db, collection);
        }
        throw Failure.badValue("a privilege's \"resource\" must be {db, collection}, {cluster: true} or {anyResource: true}");
    }

    public Document toDocument() {
        return switch (kind) {
            case CLUSTER -> new Document("cluster", true);
            case ANY -> new Document("anyResource", true);
            case NAMESPACE -> new Document("db", db).append("collection", collection);
        };
    }

    /** Whether a privilege on this resource holds for `wanted`. A wanted empty collection means the database as a whole. */
    public boolean covers(Resource wanted) {
        if (kind == Kind.ANY) return true;
        if (kind != wanted.kind) return false;
        if (kind == Kind.CLUSTER) return true;
        if (!db.isEmpty() && !db.equals(wanted.db)) return false;
        // As on mongod, an empty collection stands for every collection but those of the system.
        if (collection.isEmpty()) return !wanted.collection.startsWith("system.") || wanted.collection.equals("system.js");
        return collection.equals(wanted.collection);
    }
}
