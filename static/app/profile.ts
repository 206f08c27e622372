// One's own account.
import { startCard } from './card.ts';
import { startDevices } from './devices.ts';
import { byId } from './dom.ts';
import { startPage } from './forms.ts';
import { startFriends } from './friends.ts';
import { startHomePlace } from './homeplace.ts';
import { startImports } from './imports.ts';
import { startKeys } from './keys.ts';
import { startNotifications } from './notifications.ts';
import { startAddPhone } from './phone.ts';
import { showRemoved } from './removed.ts';
import { startSignIns } from './signins.ts';

startPage();
startFriends();
startHomePlace();
startCard();
startDevices();
startKeys();
startAddPhone();
startSignIns();
startNotifications(byId('notification-list'));
startImports();
showRemoved(byId('removed-list'), ['positions', 'places'], false);
