# First program of a pod whose image was not made for workspaces. Runs as root: gives the image a user for uid 1000,
# begins to install what is missing, and becomes the agent, as that user. Only the agent keeps running.
# shellcheck shell=sh
set -u

runtime=${SPT_FLOW_RUNTIME:-/run/spt-flow}
home=${HOME:-/home/coder}

# An image may know uid 1000 under another name; its home must be the volume all the same.
user=$(while IFS=: read -r name _ uid _; do if [ "$uid" = 1000 ]; then echo "$name"; fi; done </etc/passwd)
if [ -z "$user" ]; then
    user=coder
    shell=/bin/sh
    if [ -x /bin/bash ]; then shell=/bin/bash; fi
    echo "coder:x:1000:1000:Coder:$home:$shell" >>/etc/passwd
    echo "coder:x:1000:" >>/etc/group
    if [ -w /etc/shadow ]; then echo "coder:*:19700:0:99999:7:::" >>/etc/shadow; fi
else
    sed "s#^\($user:[^:]*:1000:[^:]*:[^:]*:\)[^:]*:#\1$home:#" /etc/passwd >/etc/passwd.spt-flow
    cat /etc/passwd.spt-flow >/etc/passwd
    rm -f /etc/passwd.spt-flow
fi
export USER="$user"
chown 1000:1000 "$home"

# The agent asks which system this is, and does not work where nothing answers.
if ! [ -e /etc/os-release ]; then printf 'ID=linux\nNAME=Linux\nPRETTY_NAME=Linux\nVERSION_ID=0\n' >/etc/os-release; fi

finish() {
    if command -v sudo >/dev/null 2>&1; then
        mkdir -p /etc/sudoers.d
        echo "$user ALL=(ALL) NOPASSWD:ALL" >/etc/sudoers.d/spt-flow
        chmod 0440 /etc/sudoers.d/spt-flow
    fi
    echo "$1" >"$runtime/prepare.done"
    chmod 644 "$runtime/prepare.log" "$runtime/prepare.done"
}

: >"$runtime/prepare.log"
if [ -z "$(missing_tools)" ]; then
    finish 0
else
    (
        install_tools "" >"$runtime/prepare.log" 2>&1 </dev/null
        finish $?
    ) &
fi

# Whatever this image has to become another user for good.
agent=${SPT_FLOW_AGENT:-/opt/spt-flow/bin/coder}
if command -v setpriv >/dev/null 2>&1 && setpriv --reuid=1000 --regid=1000 --clear-groups true 2>/dev/null; then
    exec setpriv --reuid=1000 --regid=1000 --init-groups "$agent" agent
elif chroot --userspec=1000:1000 / true 2>/dev/null; then
    exec chroot --userspec=1000:1000 / "$agent" agent
elif command -v su >/dev/null 2>&1; then
    exec su -p -s /bin/sh "$user" -c "exec $agent agent"
fi
echo "This image has none of setpriv, chroot and su: the agent cannot leave root, and is not started." >&2
exit 1
