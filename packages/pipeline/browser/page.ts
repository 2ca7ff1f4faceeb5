/** The script of the report's page: everything it shows is set as text, so that no record or name becomes markup. */
import { startAudit } from './audit.js';
import { startTexts } from './texts.js';

startTexts();
startAudit();
