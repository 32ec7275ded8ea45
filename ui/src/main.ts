import './app/strict-csp';
import './app/gateway-app';
import { startLanguage } from './i18n/language';
import { startTheme } from './state/theme';

startLanguage();
startTheme();
