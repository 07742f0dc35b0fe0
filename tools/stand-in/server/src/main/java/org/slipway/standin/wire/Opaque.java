package org.slipway.standin.wire;

import de.bwaldvogel.mongo.bson.Bson;
import java.util.Arrays;

/**
 * A BSON value that the server's core has no class for (Symbol, Code with scope, DBPointer, Undefined, other binary
 * subtypes) or could not give back byte for byte (text that is no UTF-8, arrays with odd keys): carried as it came.
 */
public record Opaque(byte type, byte[] bytes) implements Bson, Comparable<Opaque> {

    @Override
    public int compareTo(Opaque other) {
        int byType = Byte.compare(type, other.type);
        return byType != 0 ? byType : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opaque that && type == that.type && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Opaque(type " + type + ", " + bytes.length + " bytes)";
    }
}
