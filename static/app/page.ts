// Pages of text and forms need no more than the reader's language.
import { translatePage } from './texts.ts';

translatePage(document);
