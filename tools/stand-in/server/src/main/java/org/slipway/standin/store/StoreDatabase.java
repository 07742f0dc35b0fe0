package org.slipway.standin.store;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.memory.index.MemoryUniqueIndex;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.UUID;

/** One database. */
public final class StoreDatabase extends AbstractSynchronizedMongoDatabase<Integer> {

    private final Stored stored;
    private final Journal journal;

    StoreDatabase(String name, CursorRegistry cursors, Stored stored, Journal journal) {
        super(name, cursors);
        this.stored = stored;
        this.journal = journal;
        initializeNamespacesAndIndexes();
    }

    /** Names of its collections, its bookkeeping left out. */
    public List<String> collections() {
        MongoCollection<Integer> namespaces = resolveCollection("system.namespaces", false);
        return namespaces.queryAllAsStream().map(entry -> ((String) entry.get("name")).substring(getDatabaseName().length() + 1)).toList();
    }

    /** The collection's indexes as they were asked for, `ns` included. */
    public List<Document> indexes(String collection) {
        MongoCollection<Integer> indexes = resolveCollection("system.indexes", false);
        if (indexes == null) return List.of();
        return indexes.handleQueryAsStream(new Document("ns", getDatabaseName() + "." + collection)).toList();
    }

    @Override
    protected MongoCollection<Integer> openOrCreateCollection(String name, CollectionOptions options) {
        String namespace = getDatabaseName() + "." + name;
        UUID known = stored.find(namespace);
        if (known != null) {
            return new StoreCollection(this, name, options, cursorRegistry, known, stored.collections().remove(known).documents(), journal);
        }
        UUID fresh = UUID.randomUUID();
        journal.opened(fresh, namespace);
        return new StoreCollection(this, name, options, cursorRegistry, fresh, List.of(), journal);
    }

    @Override
    protected Index<Integer> openOrCreateUniqueIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
        return new MemoryUniqueIndex(name, keys, sparse);
    }

    @Override
    protected long getFileSize() {
        return 0;
    }

    @Override
    protected long getStorageSize() {
        return 0;
    }
}
