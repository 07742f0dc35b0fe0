package org.slipway.standin.command;

import de.bwaldvogel.mongo.exception.MongoServerError;

/** Database and collection. */
public record Namespace(String db, String collection) {

    public static Namespace parse(Object value) {
        if (value instanceof String text) {
            int dot = text.indexOf('.');
            if (dot > 0 && dot < text.length() - 1) return new Namespace(text.substring(0, dot), text.substring(dot + 1));
        }
        throw new MongoServerError(73, "InvalidNamespace", "Invalid namespace specified '" + value + "'");
    }

    @Override
    public String toString() {
        return db + "." + collection;
    }
}
