/** Styles of every page but the reading room, and the parts of a page that follow the server. */
import '../ui/tokens.css';
import '../ui/office.css';
import { followParts } from '../ui/follow';

followParts();
