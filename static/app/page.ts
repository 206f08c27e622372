// Pages of text and forms need no more than the reader's language and times.
import { startPage } from './forms.ts';

startPage();
