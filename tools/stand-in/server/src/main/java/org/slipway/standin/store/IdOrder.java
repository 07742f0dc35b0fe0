package org.slipway.standin.store;

import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** A collection's documents in the order of their `_id`s, as an index has them: sorted when somebody asks for it. */
public final class IdOrder {

    private static final Set<String> BOUNDS = Set.of("$gte", "$lt");
    private static final Comparator<Object> VALUES = ValueComparator.asc();

    private Document[] sorted;

    /** Whether a query asks for a range of `_id`s and nothing else. */
    public static boolean answers(Document query) {
        return query.keySet().equals(Set.of("_id")) && query.get("_id") instanceof Document bounds && !bounds.isEmpty() && BOUNDS.containsAll(bounds.keySet());
    }

    /** Whether an order is that of the `_id`s, forwards or backwards. */
    static boolean isOrder(Document orderBy) {
        return orderBy != null && orderBy.keySet().equals(Set.of("_id")) && orderBy.get("_id") instanceof Number;
    }

    /** Called when a document came or went. */
    void forget() {
        sorted = null;
    }

    Stream<Document> range(List<Document> documents, Document query) {
        Document bounds = (Document) query.get("_id");
        Document[] all = sorted(documents);
        int from = bounds.containsKey("$gte") ? lowerBound(all, bounds.get("$gte")) : 0;
        int to = bounds.containsKey("$lt") ? lowerBound(all, bounds.get("$lt")) : all.length;
        return Arrays.stream(all, from, Math.max(from, to));
    }

    Stream<Document> all(List<Document> documents, Document orderBy) {
        Document[] all = sorted(documents);
        if (((Number) orderBy.get("_id")).intValue() > 0) return Arrays.stream(all);
        return Stream.iterate(all.length - 1, at -> at >= 0, at -> at - 1).map(at -> all[at]);
    }

    private Document[] sorted(List<Document> documents) {
        if (sorted == null) {
            sorted = documents.stream().filter(Objects::nonNull).toArray(Document[]::new);
            Arrays.sort(sorted, Comparator.comparing(document -> document.get("_id"), VALUES));
        }
        return sorted;
    }

    /** Position of the first document whose `_id` is not below a value. */
    private static int lowerBound(Document[] all, Object value) {
        int low = 0;
        int high = all.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (VALUES.compare(all[middle].get("_id"), value) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
