package org.slipway.standin.command;

import io.netty.channel.Channel;
import org.slipway.standin.access.ScramConversation;
import org.slipway.standin.access.User;

/** What one connection is: its number, its user, a login under way. */
public final class Session {

    private final int id;
    private final Channel channel;
    private volatile User user;
    private ScramConversation login;

    Session(int id, Channel channel) {
        this.id = id;
        this.channel = channel;
    }

    public int id() {
        return id;
    }

    public Channel channel() {
        return channel;
    }

    /** Who logged in, or null. */
    public User user() {
        return user;
    }

    public void user(User loggedIn) {
        this.user = loggedIn;
    }

    public ScramConversation login() {
        return login;
    }

    public void login(ScramConversation started) {
        this.login = started;
    }
}
