// Leaf Log: measures soil moisture every half hour and prints it. MIT licence, see LICENSE.txt.
const int SENSOR_POWER = 5, SENSOR = 1;
const int DRY = 3100, WET = 1300;  // what your sensor reads in air and in water
const uint64_t HALF_HOUR_US = 30ULL * 60 * 1000000;

int reading() {
  digitalWrite(SENSOR_POWER, HIGH);
  delay(200);
  int raw = analogRead(SENSOR);
  digitalWrite(SENSOR_POWER, LOW);
  return raw;
}

void setup() {
  Serial.begin(115200);
  pinMode(SENSOR_POWER, OUTPUT);
  int raw = reading();
  Serial.printf("reading %d moisture %d%%\n", raw, (int)constrain(map(raw, DRY, WET, 0, 100), 0, 100));
  esp_deep_sleep(HALF_HOUR_US);
}

void loop() {}
