package org.slipway.standin.access;

import java.util.Set;
import java.util.TreeSet;

/** The privilege actions that this server knows, grouped as mongod's built-in roles hold them. */
public final class Actions {

    public static final Set<String> READ = Set.of("changeStream", "collStats", "dbHash", "dbStats", "find", "killCursors", "listCollections", "listIndexes");

    public static final Set<String> WRITE = Set.of(
        "convertToCapped", "createCollection", "createIndex", "dropCollection", "dropIndex", "insert", "remove", "renameCollectionSameDB", "update"
    );

    public static final Set<String> DATABASE_ADMINISTRATION = Set.of(
        "bypassDocumentValidation", "collMod", "collStats", "compact", "convertToCapped", "createCollection", "createIndex", "dbStats", "dropCollection",
        "dropDatabase", "dropIndex", "enableProfiler", "listCollections", "listIndexes", "reIndex", "renameCollectionSameDB", "validate"
    );

    public static final Set<String> USER_ADMINISTRATION = Set.of(
        "changeCustomData", "changePassword", "createRole", "createUser", "dropRole", "dropUser", "grantRole", "revokeRole",
        "setAuthenticationRestriction", "viewRole", "viewUser"
    );

    public static final Set<String> MONITORING = Set.of(
        "connPoolStats", "getCmdLineOpts", "getLog", "getParameter", "hostInfo", "inprog", "listDatabases", "listShards", "replSetGetConfig",
        "replSetGetStatus", "serverStatus", "top"
    );

    public static final Set<String> HOST_MANAGEMENT = Set.of(
        "flushRouterConfig", "fsync", "invalidateUserCache", "killAnyCursor", "killAnySession", "killop", "logRotate", "setParameter",
        "setUserWriteBlockMode", "shutdown", "unlock"
    );

    public static final Set<String> BACKUP = Set.of("collStats", "dbStats", "find", "listCollections", "listIndexes");

    public static final Set<String> RESTORE = Set.of(
        "bypassDocumentValidation", "changeCustomData", "changePassword", "collMod", "convertToCapped", "createCollection", "createIndex", "createRole",
        "createUser", "dropCollection", "dropRole", "dropUser", "grantRole", "insert", "listCollections", "revokeRole", "viewRole", "viewUser"
    );

    public static final Set<String> ALL = all();

    private Actions() {}

    private static Set<String> all() {
        Set<String> all = new TreeSet<>(Set.of(
            "anyAction", "appendOplogNote", "bypassWriteBlockingMode", "getDatabaseVersion", "getDefaultRWConcern", "getShardMap", "impersonate", "indexStats",
            "internal", "killAnyOperation", "setFreeMonitoring", "storageDetails", "useUUID", "enableSharding"
        ));
        for (Set<String> group : java.util.List.of(READ, WRITE, DATABASE_ADMINISTRATION, USER_ADMINISTRATION, MONITORING, HOST_MANAGEMENT, RESTORE)) all.addAll(group);
        return Set.copyOf(all);
    }
}
