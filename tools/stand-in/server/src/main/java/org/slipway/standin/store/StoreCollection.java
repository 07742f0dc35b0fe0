package org.slipway.standin.store;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoCollection;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DocumentWithPosition;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slipway.standin.wire.BsonSize;

/** One collection in memory; its identity stays through renames and restarts, as mongod's collection UUID does. */
public final class StoreCollection extends AbstractSynchronizedMongoCollection<Integer> {

    private final UUID identity;
    private final Journal journal;
    // A removed document leaves a hole, so that natural order stays the order of insertion.
    private final List<Document> documents;
    private final IdOrder byId = new IdOrder();
    private int holes;
    private Integer size;

    StoreCollection(MongoDatabase database, String name, CollectionOptions options, CursorRegistry cursors, UUID identity, List<Document> documents, Journal journal) {
        super(database, name, options, cursors);
        this.identity = identity;
        this.documents = new ArrayList<>(documents);
        this.journal = journal;
    }

    @Override
    public UUID getUuid() {
        return identity;
    }

    @Override
    protected Integer addDocumentInternal(Document document) {
        int position = documents.size();
        documents.add(document);
        byId.forget();
        size = null;
        journal.added(identity, position, document);
        return position;
    }

    @Override
    protected void handleUpdate(Integer position, Document before, Document after) {
        size = null;
        journal.updated(identity, position, after);
    }

    @Override
    protected void removeDocument(Integer position) {
        documents.set(position, null);
        holes++;
        byId.forget();
        size = null;
        journal.removed(identity, position);
    }

    @Override
    public synchronized void renameTo(MongoDatabase database, String name) {
        super.renameTo(database, name);
        journal.renamed(identity, getFullName());
    }

    @Override
    public synchronized void drop() {
        super.drop();
        journal.dropped(identity);
    }

    @Override
    protected Document getDocument(Integer position) {
        return documents.get(position);
    }

    @Override
    protected Integer findDocumentPosition(Document document) {
        for (int position = 0; position < documents.size(); position++) {
            if (documents.get(position) == document) return position;
        }
        int equal = documents.indexOf(document);
        return equal < 0 ? null : equal;
    }

    @Override
    protected Stream<DocumentWithPosition<Integer>> streamAllDocumentsWithPosition() {
        return IntStream.range(0, documents.size()).filter(position -> documents.get(position) != null).mapToObj(position -> new DocumentWithPosition<>(documents.get(position), position));
    }

    @Override
    protected QueryResult matchDocuments(Document query, Document orderBy, int skip, int limit, int batchSize, Document projection) {
        if (query.isEmpty() && IdOrder.isOrder(orderBy)) return matchDocumentsFromStream(byId.all(documents, orderBy), query, null, skip, limit, batchSize, projection);
        if (IdOrder.answers(query) && (orderBy == null || orderBy.isEmpty())) return matchDocumentsFromStream(byId.range(documents, query), query, null, skip, limit, batchSize, projection);
        List<Document> all = documents;
        if (isNaturalDescending(orderBy)) {
            all = new ArrayList<>(documents);
            Collections.reverse(all);
        }
        return matchDocumentsFromStream(all.stream().filter(Objects::nonNull), query, orderBy, skip, limit, batchSize, projection);
    }

    @Override
    public synchronized int count() {
        return documents.size() - holes;
    }

    @Override
    public synchronized boolean isEmpty() {
        return count() == 0;
    }

    // Sizes are counted when they are asked for, once between two writes: the core's own way encodes every document once more on every write.
    @Override
    protected boolean tracksDataSize() {
        return false;
    }

    @Override
    protected void updateDataSize(int change) {}

    @Override
    protected synchronized int getDataSize() {
        if (size == null) {
            long bytes = 0;
            for (Document document : documents) if (document != null) bytes += BsonSize.of(document);
            size = (int) Math.min(bytes, Integer.MAX_VALUE);
        }
        return size;
    }
}
