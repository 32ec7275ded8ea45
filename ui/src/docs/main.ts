import '../app/strict-csp';
import './docs-page';
import { startLanguage } from '../i18n/language';
import { startTheme } from '../state/theme';

startLanguage();
startTheme();
