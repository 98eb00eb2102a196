/** Review of one clinical report: choose a cell by mouse or arrows, judge it by a key. */
import '../ui/reports.css';
import { startReview } from '../reports/review';

const root = document.getElementById('report-review');
if (root) startReview(root);
