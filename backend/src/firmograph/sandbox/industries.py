"""Industries of invented companies: NAICS (2017) and SIC (1987) codes with their titles, and a LinkedIn category."""

from __future__ import annotations

from typing import NamedTuple


class Industry(NamedTuple):
    """One industry under its three schemes."""

    naics: str
    naics_title: str
    sic: str
    sic_title: str
    category: str


INDUSTRIES: tuple[Industry, ...] = tuple(
    Industry(*row)
    for row in (
        ("111998", "All Other Miscellaneous Crop Farming", "0139", "Field Crops, Except Cash Grains, NEC", "Farming"),
        ("221114", "Solar Electric Power Generation", "4911", "Electric Services", "Solar Electric Power Generation"),
        (
            "236220",
            "Commercial and Institutional Building Construction",
            "1542",
            "General Contractors-Nonresidential Buildings",
            "Construction",
        ),
        (
            "238210",
            "Electrical Contractors and Other Wiring Installation Contractors",
            "1731",
            "Electrical Work",
            "Construction",
        ),
        ("311812", "Commercial Bakeries", "2051", "Bread and Other Bakery Products", "Food and Beverage Manufacturing"),
        ("312120", "Breweries", "2082", "Malt Beverages", "Beverage Manufacturing"),
        ("312130", "Wineries", "2084", "Wines, Brandy, and Brandy Spirits", "Beverage Manufacturing"),
        (
            "323111",
            "Commercial Printing (except Screen and Books)",
            "2752",
            "Commercial Printing, Lithographic",
            "Printing Services",
        ),
        (
            "325412",
            "Pharmaceutical Preparation Manufacturing",
            "2834",
            "Pharmaceutical Preparations",
            "Pharmaceutical Manufacturing",
        ),
        ("332710", "Machine Shops", "3599", "Industrial Machinery and Equipment, NEC", "Machinery Manufacturing"),
        (
            "332999",
            "All Other Miscellaneous Fabricated Metal Product Manufacturing",
            "3499",
            "Fabricated Metal Products, NEC",
            "Manufacturing",
        ),
        (
            "334413",
            "Semiconductor and Related Device Manufacturing",
            "3674",
            "Semiconductors and Related Devices",
            "Semiconductor Manufacturing",
        ),
        (
            "336111",
            "Automobile Manufacturing",
            "3711",
            "Motor Vehicles and Passenger Car Bodies",
            "Motor Vehicle Manufacturing",
        ),
        (
            "336390",
            "Other Motor Vehicle Parts Manufacturing",
            "3714",
            "Motor Vehicle Parts and Accessories",
            "Motor Vehicle Parts Manufacturing",
        ),
        (
            "337122",
            "Nonupholstered Wood Household Furniture Manufacturing",
            "2511",
            "Wood Household Furniture",
            "Furniture and Home Furnishings Manufacturing",
        ),
        (
            "339112",
            "Surgical and Medical Instrument Manufacturing",
            "3841",
            "Surgical and Medical Instruments and Apparatus",
            "Medical Equipment Manufacturing",
        ),
        (
            "423430",
            "Computer and Computer Peripheral Equipment and Software Merchant Wholesalers",
            "5045",
            "Computers and Computer Peripheral Equipment and Software",
            "Wholesale",
        ),
        (
            "445110",
            "Supermarkets and Other Grocery (except Convenience) Stores",
            "5411",
            "Grocery Stores",
            "Retail Groceries",
        ),
        ("448140", "Family Clothing Stores", "5651", "Family Clothing Stores", "Retail Apparel and Fashion"),
        (
            "454110",
            "Electronic Shopping and Mail-Order Houses",
            "5961",
            "Catalog and Mail-Order Houses",
            "Online and Mail Order Retail",
        ),
        (
            "481111",
            "Scheduled Passenger Air Transportation",
            "4512",
            "Air Transportation, Scheduled",
            "Airlines and Aviation",
        ),
        (
            "484121",
            "General Freight Trucking, Long-Distance, Truckload",
            "4213",
            "Trucking, Except Local",
            "Truck Transportation",
        ),
        (
            "488510",
            "Freight Transportation Arrangement",
            "4731",
            "Arrangement of Transportation of Freight and Cargo",
            "Freight and Package Transportation",
        ),
        ("511210", "Software Publishers", "7372", "Prepackaged Software", "Software Development"),
        (
            "517312",
            "Wireless Telecommunications Carriers (except Satellite)",
            "4812",
            "Radiotelephone Communications",
            "Telecommunications",
        ),
        (
            "518210",
            "Data Processing, Hosting, and Related Services",
            "7374",
            "Computer Processing and Data Preparation and Processing Services",
            "IT Services and IT Consulting",
        ),
        (
            "519130",
            "Internet Publishing and Broadcasting and Web Search Portals",
            "7375",
            "Information Retrieval Services",
            "Internet Publishing",
        ),
        ("522110", "Commercial Banking", "6021", "National Commercial Banks", "Banking"),
        (
            "524210",
            "Insurance Agencies and Brokerages",
            "6411",
            "Insurance Agents, Brokers, and Service",
            "Insurance Agencies and Brokerages",
        ),
        (
            "531210",
            "Offices of Real Estate Agents and Brokers",
            "6531",
            "Real Estate Agents and Managers",
            "Real Estate",
        ),
        ("541110", "Offices of Lawyers", "8111", "Legal Services", "Law Practice"),
        (
            "541211",
            "Offices of Certified Public Accountants",
            "8721",
            "Accounting, Auditing, and Bookkeeping Services",
            "Accounting",
        ),
        ("541310", "Architectural Services", "8712", "Architectural Services", "Architecture and Planning"),
        ("541330", "Engineering Services", "8711", "Engineering Services", "Engineering Services"),
        (
            "541511",
            "Custom Computer Programming Services",
            "7371",
            "Computer Programming Services",
            "IT Services and IT Consulting",
        ),
        (
            "541512",
            "Computer Systems Design Services",
            "7373",
            "Computer Integrated Systems Design",
            "IT Services and IT Consulting",
        ),
        (
            "541611",
            "Administrative Management and General Management Consulting Services",
            "8742",
            "Management Consulting Services",
            "Business Consulting and Services",
        ),
        ("541810", "Advertising Agencies", "7311", "Advertising Agencies", "Advertising Services"),
        (
            "551114",
            "Corporate, Subsidiary, and Regional Managing Offices",
            "6719",
            "Offices of Holding Companies, NEC",
            "Holding Companies",
        ),
        ("561311", "Employment Placement Agencies", "7361", "Employment Agencies", "Staffing and Recruiting"),
        ("561510", "Travel Agencies", "4724", "Travel Agencies", "Travel Arrangements"),
        ("562111", "Solid Waste Collection", "4953", "Refuse Systems", "Waste Collection"),
        (
            "611310",
            "Colleges, Universities, and Professional Schools",
            "8221",
            "Colleges, Universities, and Professional Schools",
            "Higher Education",
        ),
        ("621210", "Offices of Dentists", "8021", "Offices and Clinics of Dentists", "Medical Practices"),
        (
            "622110",
            "General Medical and Surgical Hospitals",
            "8062",
            "General Medical and Surgical Hospitals",
            "Hospitals",
        ),
        ("721110", "Hotels (except Casino Hotels) and Motels", "7011", "Hotels and Motels", "Hospitality"),
        ("722511", "Full-Service Restaurants", "5812", "Eating Places", "Restaurants"),
        (
            "811111",
            "General Automotive Repair",
            "7538",
            "General Automotive Repair Shops",
            "Vehicle Repair and Maintenance",
        ),
    )
)
