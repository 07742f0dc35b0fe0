package org.slipway.standin.access;

import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slipway.standin.command.Failure;

/** Who may log in, and what each may do. */
public final class AccessControl {

    private static final String SETTING = "userRoles";

    private final boolean enabled;
    private final Roles roles;
    private final BiConsumer<String, Document> save;
    private final Map<RoleName, User> users = new ConcurrentHashMap<>();
    // Roles of users that were given others than the file's, by their name.
    private final Document regranted = new Document();
    // What each user may do, as of one version of the roles.
    private final Map<RoleName, List<Privilege>> granted = new ConcurrentHashMap<>();
    private volatile int version = -1;

    /**
     * @param file null: nobody needs to log in, and everybody may do everything.
     * @param stored what an earlier run saved, or null
     */
    public AccessControl(AccessFile file, Roles roles, Document stored, BiConsumer<String, Document> save) {
        this.enabled = file != null;
        this.roles = roles;
        this.save = save;
        if (file == null) return;
        if (stored != null) regranted.putAll(stored);
        for (User user : file.users()) {
            Object granted = regranted.get(user.name().toString());
            users.put(user.name(), granted == null ? user : new User(user.name(), RoleName.parseRoles(granted, user.name().db()), user.credential()));
        }
        // A role that was changed in an earlier run stays as it was changed.
        for (Role role : file.roles()) if (roles.find(role.name()) == null) roles.put(role);
    }

    public boolean enabled() {
        return enabled;
    }

    public Roles roles() {
        return roles;
    }

    public User find(RoleName name) {
        return users.get(name);
    }

    /** Gives a user these roles instead of the ones that they had. @throws RuntimeException with mongod's code when there is no such user, or no such role. */
    public synchronized void regrant(RoleName name, List<RoleName> to) {
        User user = users.get(name);
        if (user == null) throw Failure.userNotFound(name.toString());
        for (RoleName role : to) if (roles.find(role) == null) throw Failure.roleNotFound(role.toString());
        users.put(name, new User(name, to, user.credential()));
        granted.remove(name);
        regranted.put(name.toString(), to.stream().map(RoleName::asRole).toList());
        save.accept(SETTING, new Document(regranted));
    }

    public List<User> users() {
        return List.copyOf(users.values());
    }

    /** @param user null: nobody logged in */
    public boolean allows(User user, Resource resource, String action) {
        if (!enabled) return true;
        if (user == null) return false;
        for (Privilege privilege : privileges(user)) {
            if (privilege.resource().covers(resource) && privilege.actions().contains(action)) return true;
        }
        return false;
    }

    private List<Privilege> privileges(User user) {
        int now = roles.version();
        if (now != version) {
            granted.clear();
            version = now;
        }
        // Who is logged in has the roles of now, not those of the login.
        return granted.computeIfAbsent(user.name(), name -> roles.privileges(users.get(name).roles()));
    }
}
