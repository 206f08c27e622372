// One's own account.
import { startCard } from './card.ts';
import { startDevices } from './devices.ts';
import { startPage } from './forms.ts';
import { startFriends } from './friends.ts';
import { startKeys } from './keys.ts';
import { startAddPhone } from './phone.ts';
import { startSignIns } from './signins.ts';

startPage();
startFriends();
startCard();
startDevices();
startKeys();
startAddPhone();
startSignIns();
