package org.slipway.standin.command;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import java.util.List;
import org.slipway.standin.store.StoreBackend;
import org.slipway.standin.store.StoreDatabase;

/** The way into the server's core. */
final class Core {

    private final StoreBackend backend;

    Core(StoreBackend backend) {
        this.backend = backend;
    }

    StoreBackend backend() {
        return backend;
    }

    Document run(Command command, Document body) {
        return backend.database(command.db()).handleCommand(command.session().channel(), command.name(), body, backend::resolveDatabase, NoopOplog.get());
    }

    @SuppressWarnings("unchecked")
    List<Document> firstBatch(Command command, Document body) {
        return (List<Document>) ((Document) run(command, body).get("cursor")).get("firstBatch");
    }

    /** The collection, or null. */
    MongoCollection<?> collection(Namespace namespace) {
        StoreDatabase database = backend.database(namespace.db());
        return database.resolveCollection(namespace.collection(), false);
    }
}
