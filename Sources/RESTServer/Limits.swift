enum Nothing1 {}
