package org.slipway.standin.store;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractMongoBackend;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import java.util.Set;
import java.util.TreeSet;

/** The server's core over collections in memory, each told to a journal. */
public final class StoreBackend extends AbstractMongoBackend {

    private final Stored stored;
    private final Journal journal;

    public StoreBackend(Stored stored, Journal journal) {
        this.stored = stored;
        this.journal = journal;
        Set<String> databases = new TreeSet<>();
        for (Stored.Collection collection : stored.collections().values()) {
            databases.add(collection.namespace.substring(0, collection.namespace.indexOf('.')));
        }
        databases.forEach(this::resolveDatabase);
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        return new StoreDatabase(name, getCursorRegistry(), stored, journal);
    }

    /** Names of the databases that hold a collection. */
    public Set<String> databases() {
        Set<String> names = new TreeSet<>(listDatabaseNames());
        names.removeIf(name -> ((StoreDatabase) resolveDatabase(name)).collections().isEmpty());
        return names;
    }

    public StoreDatabase database(String name) {
        return (StoreDatabase) resolveDatabase(name);
    }

    public CursorRegistry cursors() {
        return getCursorRegistry();
    }
}
