package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slipway.standin.wire.BsonSize;

/** Open cursors. A reply carries at most 16 MiB of documents, as mongod's do; the core would send all at once. */
public final class Cursors {

    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final int FIRST_BATCH = 101;

    private static final class Cursor {
        final String namespace;
        final List<Document> documents;
        int next;

        Cursor(String namespace, List<Document> documents) {
            this.namespace = namespace;
            this.documents = documents;
        }
    }

    private final Map<Long, Cursor> cursors = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong(System.nanoTime() & 0xFFFF_FFFFL);

    /** The first reply over `documents`; `batchSize` null is mongod's default. */
    Document open(String namespace, List<Document> documents, Object batchSize, boolean single) {
        Cursor cursor = new Cursor(namespace, documents);
        int most = batchSize instanceof Number number ? number.intValue() : FIRST_BATCH;
        List<Document> batch = take(cursor, most);
        long id = 0;
        if (cursor.next < documents.size() && !single) {
            id = ids.incrementAndGet();
            cursors.put(id, cursor);
        }
        return Command.ok(new Document("cursor", new Document("firstBatch", batch).append("id", id).append("ns", namespace)));
    }

    Document getMore(Command command) {
        long id = ((Number) command.body().get("getMore")).longValue();
        Cursor cursor = cursors.get(id);
        if (cursor == null || !cursor.namespace.equals(command.db() + "." + command.body().get("collection"))) throw Failure.cursorNotFound(id);
        int most = command.body().get("batchSize") instanceof Number number && number.intValue() > 0 ? number.intValue() : Integer.MAX_VALUE;
        List<Document> batch = take(cursor, most);
        if (cursor.next == cursor.documents.size()) {
            cursors.remove(id);
            id = 0;
        }
        return Command.ok(new Document("cursor", new Document("nextBatch", batch).append("id", id).append("ns", cursor.namespace)));
    }

    Document kill(Command command) {
        List<Long> killed = new ArrayList<>();
        List<Long> unknown = new ArrayList<>();
        for (Object id : (List<?>) command.body().get("cursors")) {
            (cursors.remove(((Number) id).longValue()) != null ? killed : unknown).add(((Number) id).longValue());
        }
        return Command.ok(new Document("cursorsKilled", killed).append("cursorsNotFound", unknown).append("cursorsAlive", List.of()).append("cursorsUnknown", List.of()));
    }

    private static List<Document> take(Cursor cursor, int most) {
        List<Document> batch = new ArrayList<>();
        int bytes = 0;
        while (cursor.next < cursor.documents.size() && batch.size() < most) {
            Document document = cursor.documents.get(cursor.next);
            bytes += BsonSize.of(document);
            if (bytes > MOST_BYTES && !batch.isEmpty()) break;
            batch.add(document);
            cursor.next++;
        }
        return batch;
    }
}
