/** Styles of every page but the reading room. */
import '../ui/tokens.css';
import '../ui/office.css';
