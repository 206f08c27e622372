// What is stored: to be looked at, and removed.
import { startPage } from './forms.ts';

startPage();
