import { driverConformance } from '../../src/ports/driver.conformance.ts';
import { LocalPlace } from './local-place.ts';

driverConformance('local', async () => new LocalPlace());
