package org.slipway.standin.wire;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonJavaScript;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** How many bytes a document takes as BSON, without writing it. */
public final class BsonSize {

    private BsonSize() {}

    public static int of(Map<?, ?> document) {
        int size = 5;
        for (Map.Entry<?, ?> entry : document.entrySet()) size += 2 + text((String) entry.getKey()) + value(entry.getValue());
        return size;
    }

    private static int value(Object value) {
        if (value instanceof String string) return 5 + text(string);
        if (value instanceof Map<?, ?> map) return of(map);
        if (value instanceof Collection<?> items) return array(items);
        if (value == null || value instanceof MinKey || value instanceof MaxKey) return 0;
        if (value instanceof Integer) return 4;
        if (value instanceof Boolean) return 1;
        if (value instanceof ObjectId) return 12;
        if (value instanceof Decimal128) return 16;
        if (value instanceof UUID || value instanceof LegacyUUID) return 21;
        if (value instanceof BinData data) return 5 + data.getData().length;
        if (value instanceof BsonJavaScript code) return 5 + text(code.getCode());
        if (value instanceof BsonRegularExpression regex) return 2 + text(regex.getPattern()) + (regex.getOptions() == null ? 0 : text(regex.getOptions()));
        if (value instanceof Opaque opaque) return opaque.bytes().length;
        return 8;
    }

    private static int array(Collection<?> items) {
        int size = 5;
        int index = 0;
        for (Object item : items) {
            size += 2 + digits(index++) + value(item);
        }
        return size;
    }

    private static int digits(int number) {
        return number < 10 ? 1 : number < 100 ? 2 : Integer.toString(number).length();
    }

    private static int text(String text) {
        int size = text.length();
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            // A surrogate pair is two units and four bytes.
            if (unit >= 0x80) size += unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
        }
        return size;
    }
}
