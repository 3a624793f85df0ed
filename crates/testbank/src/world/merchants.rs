//! Where people here spend their money. All names are invented.

/// A kind of purchase and how often it happens to a household with an average income.
pub struct Category {
    /// Merchant category code.
    pub code: &'static str,
    /// Chance per day, in thousandths.
    pub per_mille: i64,
    /// Smallest usual amount in cents.
    pub low: i64,
    /// Largest usual amount in cents.
    pub high: i64,
    /// Whether a tip is added after the authorization.
    pub tipped: bool,
    /// Who sells it.
    pub merchants: &'static [&'static str],
}

/// Where most money goes, groceries first; all together about 40 % of an average income.
pub const CATEGORIES: &[Category] = &[
    Category {
        code: "5411",
        per_mille: 420,
        low: 18_00,
        high: 110_00,
        tipped: false,
        merchants: &["Greenleaf Market", "Corner Basket", "Harvest Lane Grocers", "Blue Barn Foods"],
    },
    Category {
        code: "5812",
        per_mille: 260,
        low: 16_00,
        high: 58_00,
        tipped: true,
        merchants: &["Olive & Ember", "Noodle House 88", "Cedar Street Diner", "Taqueria Luz", "Saffron Table"],
    },
    Category {
        code: "5814",
        per_mille: 450,
        low: 3_75,
        high: 8_50,
        tipped: false,
        merchants: &["Daybreak Coffee", "Third Rail Espresso", "Bagel Works"],
    },
    Category {
        code: "5541",
        per_mille: 140,
        low: 28_00,
        high: 62_00,
        tipped: false,
        merchants: &["Summit Fuel", "Red Arrow Gas", "Lakeside Fuel Stop"],
    },
    Category {
        code: "5311",
        per_mille: 220,
        low: 12_00,
        high: 95_00,
        tipped: false,
        merchants: &["Parcel & Pine", "Northwind Outfitters", "Homeward Goods", "Pixel Depot", "Thread Theory"],
    },
    Category {
        code: "5912",
        per_mille: 60,
        low: 8_00,
        high: 45_00,
        tipped: false,
        merchants: &["Wellspring Pharmacy", "Main Street Drugs"],
    },
    Category {
        code: "7832",
        per_mille: 70,
        low: 12_00,
        high: 60_00,
        tipped: false,
        merchants: &["Starlight Cinema", "Riverside Bowling", "Museum of the Lakes"],
    },
    Category {
        code: "4121",
        per_mille: 130,
        low: 9_00,
        high: 34_00,
        tipped: false,
        merchants: &["Hopalong Rides", "City Cab Cooperative", "Metro Transit"],
    },
    Category {
        code: "5200",
        per_mille: 15,
        low: 60_00,
        high: 420_00,
        tipped: false,
        merchants: &["Cornerstone Home Supply", "Wayfarer Air", "Bluebird Hotels"],
    },
    Category {
        code: "8011",
        per_mille: 20,
        low: 30_00,
        high: 180_00,
        tipped: false,
        merchants: &["Lakefront Family Practice", "Bright Smile Dental"],
    },
];

/// Monthly subscriptions: name and price in cents.
pub const SUBSCRIPTIONS: &[(&str, i64)] = &[
    ("Lumen Streaming", 15_49),
    ("Tidepool Music", 10_99),
    ("Ironworks Gym", 34_99),
    ("Morning Ledger Digital", 9_99),
    ("Skyvault Cloud Storage", 2_99),
    ("Quickplate Meal Kits", 59_94),
    ("Panorama Games Pass", 14_99),
    ("Fernwood Audiobooks", 12_95),
];

/// Who pays wages.
pub const EMPLOYERS: &[&str] = &[
    "Prairie Logistics Inc",
    "Hawthorne Design Group",
    "Lakefront Medical Center",
    "Copperfield Software LLC",
    "Union Rail Services",
    "Brightwater School District",
];

/// Who is paid rent.
pub const LANDLORDS: &[&str] = &["Maple Court Apartments", "Stonebridge Property Mgmt", "Harbor View Rentals"];
