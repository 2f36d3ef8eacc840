// Leaf Log: measures soil moisture every half hour and prints it. MIT licence, see LICENSE.txt.
const int SENSOR_POWER = 5, SENSOR = 1, BATTERY = 0;
const int DRY = 3100, WET = 1300;  // what your sensor reads in air and in water
const int READINGS = 9;            // the middle one counts, so that a bad one does not
const uint64_t HALF_HOUR_US = 30ULL * 60 * 1000000;

int middleReading() {
  int seen[READINGS];
  digitalWrite(SENSOR_POWER, HIGH);
  delay(200);
  for (int i = 0; i < READINGS; i++) {
    int raw = analogRead(SENSOR), at = i;
    for (; at > 0 && seen[at - 1] > raw; at--) seen[at] = seen[at - 1];
    seen[at] = raw;
    delay(10);
  }
  digitalWrite(SENSOR_POWER, LOW);
  return seen[READINGS / 2];
}

void setup() {
  Serial.begin(115200);
  pinMode(SENSOR_POWER, OUTPUT);
  int raw = middleReading();
  int moisture = constrain(map(raw, DRY, WET, 0, 100), 0, 100);
  int millivolts = 2 * analogReadMilliVolts(BATTERY);
  Serial.printf("reading %d moisture %d%% battery %d mV\n", raw, moisture, millivolts);
  esp_deep_sleep(HALF_HOUR_US);
}

void loop() {}
