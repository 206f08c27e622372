// One's own account.
import { startCard } from './card.ts';
import { startPage } from './forms.ts';
import { startFriends } from './friends.ts';
import { startKeys } from './keys.ts';

startPage();
startFriends();
startCard();
startKeys();
