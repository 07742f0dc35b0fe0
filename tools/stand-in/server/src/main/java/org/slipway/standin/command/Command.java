package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.Document;

/**
 * One command as a client sent it.
 *
 * @param bytes size of its message
 */
public record Command(String name, Document body, int bytes, Session session) {

    public String db() {
        return body.get("$db") instanceof String db ? db : "test";
    }

    /** The command's own value as a collection's name. */
    public String collection() {
        Object value = body.get(body.keySet().iterator().next());
        if (value instanceof String collection && !collection.isEmpty()) return collection;
        throw new de.bwaldvogel.mongo.exception.MongoServerError(73, "InvalidNamespace", "collection name has invalid type or is empty");
    }

    /** The same request under another command's name, for the core. */
    Command as(String other) {
        return new Command(other, body, bytes, session);
    }

    public String namespace() {
        return db() + "." + collection();
    }

    public boolean flag(String field) {
        Object value = body.get(field);
        return value instanceof Boolean flag ? flag : value instanceof Number number && number.doubleValue() != 0;
    }

    public static Document ok(Document reply) {
        return reply.append("ok", 1.0);
    }
}
