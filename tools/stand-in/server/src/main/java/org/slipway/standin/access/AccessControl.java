package org.slipway.standin.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who may log in, and what each may do. */
public final class AccessControl {

    private final boolean enabled;
    private final Roles roles;
    private final Map<RoleName, User> users = new HashMap<>();
    // What each user may do, as of one version of the roles.
    private final Map<RoleName, List<Privilege>> granted = new ConcurrentHashMap<>();
    private volatile int version = -1;

    /** @param file null: nobody needs to log in, and everybody may do everything. */
    public AccessControl(AccessFile file, Roles roles) {
        this.enabled = file != null;
        this.roles = roles;
        if (file == null) return;
        for (User user : file.users()) users.put(user.name(), user);
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
        return granted.computeIfAbsent(user.name(), name -> roles.privileges(user.roles()));
    }
}
