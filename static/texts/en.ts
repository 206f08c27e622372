// Every text of the interface. {name} is replaced by a value. Texts that templates hold too are kept
// the same as there by a test.
export const en = {
    // sign-in page
    firstRunTitle: 'Welcome. One step is left',
    firstRunText: 'There is no administrator yet. On the server, run:',
    copy: 'Copy',
    copied: 'Copied',
    loginFailed: 'That user name and password do not fit. Please try again.',
    username: 'User name',
    password: 'Password',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    signIn: 'Sign in',
    signingIn: 'Signing in…',

    // map page, frame
    skipToDevices: 'Skip to the devices',
    map: 'Map',
    mapView: 'Map view',
    showAll: 'Show all devices',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    menu: 'Menu',
    administrator: 'Administrator',
    theme: 'Theme',
    themeSystem: 'System',
    themeLight: 'Light',
    themeDark: 'Dark',
    signOut: 'Sign out',
    devices: 'Devices',
    panelMore: 'Show more',
    panelLess: 'Show less',

    // connection
    stateConnecting: 'Connecting',
    stateLive: 'Live',
    stateReconnecting: 'Reconnecting',
    stateReconnectingSince: 'Reconnecting · data from {age}',
    stateOffline: 'Offline',
    stateOfflineSince: 'Offline · data from {age}',
    stateSignedOut: 'Signed out',

    // devices
    online: 'Online',
    noPosition: 'No position yet',
    sharedBy: 'from {owner}',
    accuracy: '±{distance}',
    charging: 'charging',
    battery: 'Battery {level}',
    batteryCharging: 'Battery {level}, charging',
    showOnMap: 'Show {name} on the map',
    loadFailed: 'The devices could not be loaded.',
    retry: 'Try again',
    follow: 'Follow',
    following: 'Following',
    showTrack: 'Show track',
    close: 'Close',
    today: 'Today',
    todayNothing: 'No track today yet',
    todayLoading: 'Loading today’s track…',
    todayFailed: 'Today’s track could not be loaded.',
    fixesOne: '1 position',
    fixesMany: '{count} positions',
    lastSeen: 'Last seen',
    position: 'Position',
    altitude: 'Altitude',
    inaccurate: 'The last report was too inaccurate ({distance}); the position before it is shown.',
    tilesMissing: 'The map background is not available.',
    mapFailed: 'The map could not be started. It needs WebGL.',
    attribution: '© OpenStreetMap contributors',

    // no devices
    emptyTitle: 'Connect your first phone',
    emptyText: 'Install OwnTracks, open its connection settings and enter:',
    emptyWaiting: 'Waiting for the first position…',
    mode: 'Mode',
    host: 'Host',
    port: 'Port',
    withTls: 'with TLS',
    withoutTls: 'without TLS',
    user: 'User name',
    topic: 'Topic',
    topicHint: 'PHONE is a name of your choice.',
    orHttp: 'Or, in HTTP mode, this URL:',

    // session
    signedOutText: 'Your session has ended.',
    signInAgain: 'Sign in again',

    // times
    justNow: 'just now',
    secondsAgo: '{n} s ago',
    minutesAgo: '{n} min ago',
    hoursAgo: '{n} h ago',
    yesterdayAt: 'yesterday, {time}',
};

export type Texts = Record<keyof typeof en, string>;
