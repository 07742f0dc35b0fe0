package org.slipway.standin.store;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a journal told: the collections by identity, and the settings. */
public final class Stored implements Journal {

    /** One collection: its name and its documents by position, null where one was removed. */
    public static final class Collection {
        String namespace;
        final List<Document> documents = new ArrayList<>();

        public List<Document> documents() {
            return documents;
        }
    }

    private final Map<UUID, Collection> collections = new HashMap<>();
    private final Map<String, Document> settings = new HashMap<>();

    public Map<UUID, Collection> collections() {
        return collections;
    }

    public Map<String, Document> settings() {
        return settings;
    }

    /** Identity of the collection of that name, or null. */
    public UUID find(String namespace) {
        return collections.entrySet().stream().filter(entry -> entry.getValue().namespace.equals(namespace)).map(Map.Entry::getKey).findFirst().orElse(null);
    }

    @Override
    public void opened(UUID collection, String namespace) {
        collections.computeIfAbsent(collection, id -> new Collection()).namespace = namespace;
    }

    @Override
    public void added(UUID collection, int position, Document document) {
        List<Document> documents = collections.get(collection).documents;
        while (documents.size() <= position) documents.add(null);
        documents.set(position, document);
    }

    @Override
    public void updated(UUID collection, int position, Document document) {
        collections.get(collection).documents.set(position, document);
    }

    @Override
    public void removed(UUID collection, int position) {
        collections.get(collection).documents.set(position, null);
    }

    @Override
    public void renamed(UUID collection, String namespace) {
        collections.get(collection).namespace = namespace;
    }

    @Override
    public void dropped(UUID collection) {
        collections.remove(collection);
    }

    @Override
    public void setting(String name, Document value) {
        settings.put(name, value);
    }

    @Override
    public void commit() {}
}
