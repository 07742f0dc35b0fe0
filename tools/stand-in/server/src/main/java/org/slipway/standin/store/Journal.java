package org.slipway.standin.store;

import de.bwaldvogel.mongo.bson.Document;
import java.util.UUID;

/**
 * Told of every effect on the data, in order. What is told between two commits becomes durable together or not at all,
 * so that a killed server comes back with whole commands only.
 */
public interface Journal {

    void opened(UUID collection, String namespace);

    void added(UUID collection, int position, Document document);

    void updated(UUID collection, int position, Document document);

    void removed(UUID collection, int position);

    void renamed(UUID collection, String namespace);

    void dropped(UUID collection);

    /** A setting of the server itself: its roles, its write block. */
    void setting(String name, Document value);

    /** Returns when everything told so far survives the end of this process. */
    void commit();

    /** The memory backend's: forgets everything. */
    Journal NONE = new Journal() {
        @Override
        public void opened(UUID collection, String namespace) {}

        @Override
        public void added(UUID collection, int position, Document document) {}

        @Override
        public void updated(UUID collection, int position, Document document) {}

        @Override
        public void removed(UUID collection, int position) {}

        @Override
        public void renamed(UUID collection, String namespace) {}

        @Override
        public void dropped(UUID collection) {}

        @Override
        public void setting(String name, Document value) {}

        @Override
        public void commit() {}
    };
}
